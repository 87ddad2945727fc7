import java.net.URI;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Postback {
    public static void main(String[] args) throws Exception {
        String secret = System.getenv("POSTERN_SECRET"); // exactly as issued: not trimmed, not decoded
        // Compact and sorted by name. With a JSON library: serialise once, and sign and send that text.
        String body = "{\"amount\":\"50.00\",\"clickid\":\"abc123def456\",\"currency\":\"USD\",\"event\":\"ftd\","
            + "\"status\":\"approved\",\"sub_id_1\":\"fb_de_001\",\"timestamp\":1717000000}";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        StringBuilder sign = new StringBuilder();
        for (byte b : mac.doFinal(body.getBytes(StandardCharsets.UTF_8))) {
            sign.append(String.format("%02x", b));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("@URL@"))
            .header("Content-Type", "application/json")
            .header("X-RS-Source", "@PARTNER@")
            .header("X-RS-Sign", sign.toString())
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
