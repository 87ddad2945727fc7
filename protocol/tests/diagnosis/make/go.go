// Wrong signatures as Go partners make them, each with the causes a diagnosis must name.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
)

const secret = "a-Secret-of-go-42"

var event = map[string]any{"event": "ftd", "clickid": "abc123def456", "status": "approved", "amount": "50.00",
	"currency": "USD", "sub_id_1": "fb<dé>&001", "timestamp": 1717000000}

type key struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

type vector struct {
	Language   string   `json:"language"`
	Case       string   `json:"case"`
	Expect     []string `json:"expect"`
	Encoding   string   `json:"encoding"`
	Query      string   `json:"query"`
	Body       string   `json:"body"`
	SignHeader *string  `json:"sign_header"`
	TimeHeader *string  `json:"time_header"`
	Keys       []key    `json:"keys"`
	Forms      []string `json:"forms"`
}

func tag(text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func sign(text string) string { return hex.EncodeToString(tag(text)) }

func with(more map[string]any) map[string]any {
	all := map[string]any{}
	for _, part := range []map[string]any{event, more} {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}

func marshalled(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func plain(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return text.String() // an Encoder ends with a line end
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	put := func(name string, expect []string, encoding, query, body string) {
		v := vector{"go", name, expect, encoding, query, body, nil, nil, []key{{"now", secret}}, nil}
		if err := out.Encode(v); err != nil {
			panic(err)
		}
	}
	post := func(name string, expect []string, signature string, write func(any) string) {
		put(name, expect, "json", "", write(with(map[string]any{"sign": signature})))
	}
	post("right", []string{}, sign(marshalled(event)), marshalled)
	post("Marshal signed, Encoder sent", []string{"html_escapes"}, sign(marshalled(event)), plain)
	post("Encoder signed, with its line end", []string{"newline_signed"}, sign(plain(event)), plain)
	indented, _ := json.MarshalIndent(event, "", "  ")
	post("MarshalIndent", []string{"pretty_printed"}, sign(string(indented)), marshalled)
	post("Base64", []string{"sign_base64"}, base64.StdEncoding.EncodeToString(tag(marshalled(event))), marshalled)
	post("sign left in, empty", []string{"sign_in_text"}, sign(marshalled(with(map[string]any{"sign": ""}))), marshalled)
	post("amount as float64", []string{"number_or_text", "number_reformatted"}, sign(marshalled(with(map[string]any{"amount": 50.0}))), marshalled)
	values := url.Values{"clickid": {"abc 1"}, "event": {"lead"}, "status": {"approved"}}
	signed := values.Encode()
	values.Set("sign", sign("?"+signed))
	put("the question mark signed", []string{"url_signed"}, "query", values.Encode(), "")
}
