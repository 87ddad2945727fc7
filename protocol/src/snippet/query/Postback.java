import java.net.URI;
import java.net.URLEncoder;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Postback {
    public static void main(String[] args) throws Exception {
        String secret = System.getenv("POSTERN_SECRET"); // exactly as issued: not trimmed, not decoded
        Map<String, String> event = new TreeMap<>(Map.of( // a TreeMap is sorted by name
            "clickid", "abc123def456",
            "event", "ftd",
            "status", "approved",
            "amount", "50.00",
            "currency", "USD",
            "sub_id_1", "fb_de_001",
            "timestamp", "1717000000",
            "source", "@PARTNER@"));
        // Encoded once: what is signed is what is sent.
        String query = event.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        StringBuilder sign = new StringBuilder();
        for (byte b : mac.doFinal(query.getBytes(StandardCharsets.UTF_8))) {
            sign.append(String.format("%02x", b));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("@URL@?" + query + "&sign=" + sign))
            .timeout(Duration.ofSeconds(30))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
