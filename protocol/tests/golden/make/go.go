// Golden vectors as Go partners make them: encoding/json and net/url, nothing else.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"
)

const secret = "golden-secret-go"

type fields map[string]any

type namedCase struct {
	name   string
	fields fields
}

var base = fields{"event": "ftd", "clickid": "abc123def456", "status": "approved", "currency": "USD"}

var cases = []namedCase{
	{"page", fields{"amount": "50.00", "geo": "DE", "timestamp": 1717000000}},
	{"integer", fields{"amount": 50}},
	{"float", fields{"amount": 50.0}},
	{"float_written_as_exponent", fields{"amount": 1e2}},
	{"float_cents", fields{"amount": 0.29}},
	{"float_small", fields{"amount": 1e-7}},
	{"float_large", fields{"amount": 1e21}},
	{"slashes", fields{"amount": "50.00", "sub_id_1": "fb/de/001", "reason": "https://a.example/x"}},
	{"non_ascii", fields{"amount": "50.00", "sub_id_1": "é", "sub_id_2": "日本", "reason": "paid 😀"}},
	{"blanks", fields{"amount": "50.00", "sub_id_1": "a b", "sub_id_2": "c+d", "reason": "100% sure"}},
	{"unreserved", fields{"amount": "50.00", "sub_id_1": "~*!'()", "sub_id_2": "-._"}},
	{"empty", fields{"amount": "50.00", "sub_id_1": "", "sub_id_2": "x"}},
	{"html", fields{"amount": "50.00", "sub_id_1": "<b>'x'</b>", "reason": `he said "no" \ yes`}},
	{"joins", fields{"amount": "50.00", "sub_id_1": "a&b=c"}},
}

var jsonOnly = []namedCase{
	{"literals", fields{"amount": "50.00", "test": true, "live": false, "note": nil}},
	{"control", fields{"amount": "50.00", "reason": "tab\t line\n delete\x7f separator\u2028 bell\x07"}},
}

type vector struct {
	Language    string  `json:"language"`
	Case        string  `json:"case"`
	Encoder     string  `json:"encoder"`
	Form        string  `json:"form"`
	ContentType *string `json:"content_type"`
	Query       string  `json:"query"`
	Body        string  `json:"body"`
	SignHeader  *string `json:"sign_header"`
	Secret      string  `json:"secret"`
	Expect      string  `json:"expect"`
}

var jsonType = "application/json"
var formType = "application/x-www-form-urlencoded"

func emit(v vector) {
	v.Language, v.Secret = "go", secret
	if v.Expect == "" {
		v.Expect = "verified"
	}
	os.Stdout.WriteString(withoutHTML(v) + "\n")
}

func sign(text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func marshal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func withoutHTML(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func with(payload fields, more fields) fields {
	all := fields{}
	for _, part := range []fields{payload, more} {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}

func names(payload fields) []string {
	var all []string
	for name := range payload {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// Members in reverse order, as a struct with other fields first would write them.
func reversed(encode func(any) string, payload fields) string {
	sorted := names(payload)
	var members []string
	for i := len(sorted) - 1; i >= 0; i-- {
		members = append(members, encode(sorted[i])+":"+encode(payload[sorted[i]]))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func jsonVectors(name string, payload fields) {
	encoders := []struct {
		name   string
		encode func(any) string
	}{{"json.Marshal", marshal}, {"json.Encoder without HTML escapes", withoutHTML}}
	for _, e := range encoders {
		signature := sign(e.encode(payload))
		inside := with(payload, fields{"sign": signature})
		emit(vector{Case: name, Encoder: e.name + ", sign inside", Form: "json", ContentType: &jsonType, Body: e.encode(inside)})
		emit(vector{Case: name, Encoder: e.name + ", sign inside, other order", Form: "json", ContentType: &jsonType, Body: reversed(e.encode, inside)})
		body := reversed(e.encode, payload)
		emit(vector{Case: name, Encoder: e.name + ", sign in header", Form: "json", ContentType: &jsonType, Body: body, SignHeader: &signature})
		ofBody := sign(body)
		emit(vector{Case: name, Encoder: e.name + ", raw", Form: "raw", ContentType: &jsonType, Body: body, SignHeader: &ofBody})
	}
	// Signed without HTML escapes and sent with them. U+2028 is escaped either way, so where it
	// occurs only the tokens as sent can fit.
	form := "json-utf8"
	if name == "control" {
		form = "json"
	}
	inside := with(payload, fields{"sign": sign(withoutHTML(payload))})
	emit(vector{Case: name, Encoder: "signed plain, sent with HTML escapes", Form: form, ContentType: &jsonType, Body: marshal(inside)})
}

func both(name, encoder, form, text string, signHeader *string) {
	emit(vector{Case: name, Encoder: encoder + ", GET", Form: form, Query: text, SignHeader: signHeader})
	emit(vector{Case: name, Encoder: encoder + ", form POST", Form: form, ContentType: &formType, Body: text, SignHeader: signHeader})
}

func joined(one func(string) string, payload fields) string {
	var pairs []string
	for _, name := range names(payload) {
		pairs = append(pairs, name+"="+one(fmt.Sprint(payload[name])))
	}
	return strings.Join(pairs, "&")
}

func values(payload fields) string {
	all := url.Values{}
	for name, value := range payload {
		all.Set(name, fmt.Sprint(value))
	}
	return all.Encode()
}

func parameterVectors(name string, payload fields) {
	encoders := []struct {
		name   string
		encode func(fields) string
	}{
		{"url.Values.Encode", values},
		{"url.QueryEscape joined by hand", func(p fields) string { return joined(url.QueryEscape, p) }},
		{"url.PathEscape joined by hand", func(p fields) string { return joined(url.PathEscape, p) }},
	}
	for _, e := range encoders {
		if strings.HasPrefix(e.name, "url.PathEscape") && (name == "joins" || name == "blanks" || name == "float_large") {
			continue // it leaves &, = and + as they are, which is no query any more
		}
		signature := sign(e.encode(payload))
		both(name, e.name, "params", e.encode(with(payload, fields{"sign": signature})), nil)
		both(name, e.name+", sign in header", "params", e.encode(payload), &signature)
		if name != "joins" {
			ofDecoded := sign(joined(func(v string) string { return v }, payload))
			both(name, e.name+", signed decoded", "params-decoded", e.encode(with(payload, fields{"sign": ofDecoded})), nil)
		}
	}
}

func beyondTheClosedSet() {
	payload := with(base, fields{"amount": "50.00", "sub_id_1": "<b>"})
	inside := with(payload, fields{"sign": sign(marshal(payload))})
	emit(vector{Case: "html", Encoder: "signed with HTML escapes, sent plain", Form: "json", ContentType: &jsonType, Body: withoutHTML(inside), Expect: "refused"})
}

func main() {
	for _, c := range append(append([]namedCase{}, cases...), jsonOnly...) {
		jsonVectors(c.name, with(base, c.fields))
	}
	for _, c := range cases {
		parameterVectors(c.name, with(base, c.fields))
	}
	beyondTheClosedSet()
}
