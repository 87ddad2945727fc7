using System;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;

public static class Postback
{
    public static void Main()
    {
        var secret = Environment.GetEnvironmentVariable("POSTERN_SECRET"); // exactly as issued: not trimmed, not decoded
        // Compact and sorted by name. With a JSON library: serialise once, and sign and send that text.
        var body = "{\"amount\":\"50.00\",\"clickid\":\"abc123def456\",\"currency\":\"USD\",\"event\":\"ftd\","
            + "\"status\":\"approved\",\"sub_id_1\":\"fb_de_001\",\"timestamp\":1717000000}";
        string sign;
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            var digest = hmac.ComputeHash(Encoding.UTF8.GetBytes(body));
            sign = BitConverter.ToString(digest).Replace("-", "").ToLowerInvariant();
        }
        using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) })
        using (var request = new HttpRequestMessage(HttpMethod.Post, "@URL@"))
        {
            request.Headers.Add("X-RS-Source", "@PARTNER@");
            request.Headers.Add("X-RS-Sign", sign);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            var answer = client.SendAsync(request).GetAwaiter().GetResult();
            Console.WriteLine((int)answer.StatusCode + " " + answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        }
    }
}
