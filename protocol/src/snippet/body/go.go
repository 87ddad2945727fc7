package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	secret := os.Getenv("POSTERN_SECRET") // exactly as issued: not trimmed, not decoded
	event := map[string]any{
		"clickid":   "abc123def456",
		"event":     "ftd",
		"status":    "approved",
		"amount":    "50.00",
		"currency":  "USD",
		"sub_id_1":  "fb_de_001",
		"timestamp": 1717000000,
	}
	// Serialised once: what is signed is what is sent. Keys of a map are written sorted.
	body, err := json.Marshal(event)
	if err != nil {
		log.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	request, err := http.NewRequest("POST", "@URL@", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-RS-Source", "@PARTNER@")
	request.Header.Set("X-RS-Sign", hex.EncodeToString(mac.Sum(nil)))
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(text))
}
