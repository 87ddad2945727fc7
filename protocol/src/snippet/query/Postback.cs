using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;

public static class Postback
{
    public static void Main()
    {
        var secret = Environment.GetEnvironmentVariable("POSTERN_SECRET"); // exactly as issued: not trimmed, not decoded
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            { "clickid", "abc123def456" },
            { "event", "ftd" },
            { "status", "approved" },
            { "amount", "50.00" },
            { "currency", "USD" },
            { "sub_id_1", "fb_de_001" },
            { "timestamp", "1717000000" },
            { "source", "@PARTNER@" },
        };
        // Encoded once: what is signed is what is sent.
        var query = string.Join("&", fields.Select(field => field.Key + "=" + Uri.EscapeDataString(field.Value)));
        string sign;
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            var digest = hmac.ComputeHash(Encoding.UTF8.GetBytes(query));
            sign = BitConverter.ToString(digest).Replace("-", "").ToLowerInvariant();
        }
        using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) })
        {
            var answer = client.GetAsync("@URL@?" + query + "&sign=" + sign).GetAwaiter().GetResult();
            Console.WriteLine((int)answer.StatusCode + " " + answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        }
    }
}
