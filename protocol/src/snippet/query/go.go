package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"
)

func main() {
	secret := os.Getenv("POSTERN_SECRET") // exactly as issued: not trimmed, not decoded
	event := url.Values{
		"clickid":   {"abc123def456"},
		"event":     {"ftd"},
		"status":    {"approved"},
		"amount":    {"50.00"},
		"currency":  {"USD"},
		"sub_id_1":  {"fb_de_001"},
		"timestamp": {"1717000000"},
		"source":    {"@PARTNER@"},
	}
	// Encoded once, sorted by name: what is signed is what is sent.
	query := event.Encode()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(query))
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Get("@URL@?" + query + "&sign=" + hex.EncodeToString(mac.Sum(nil)))
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(text))
}
