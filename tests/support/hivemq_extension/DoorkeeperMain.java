package vitals.ext;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A login back end in HiveMQ, as the file doorkeeper.properties beside its jar says: who gets in
 * (username, password; without them everybody) and what they may use (may_use, a topic filter).
 * While there is a file "hang" beside it, nobody gets an answer.
 */
public class DoorkeeperMain implements ExtensionMain {
    private final Properties wanted = new Properties();

    @Override
    public void extensionStart(final ExtensionStartInput in, final ExtensionStartOutput out) {
        final Path home = in.getExtensionInformation().getExtensionHomeFolder().toPath();
        try (Reader file = Files.newBufferedReader(home.resolve("doorkeeper.properties"))) {
            wanted.load(file);
        } catch (final IOException e) {
            out.preventExtensionStartup(e.toString());
            return;
        }
        final SimpleAuthenticator door = (input, output) -> {
            while (Files.exists(home.resolve("hang"))) sleep();
            if (!knows(input)) {
                output.failAuthentication(
                        ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "bad user name or password");
                return;
            }
            if (wanted.containsKey("may_use")) {
                output.getDefaultPermissions().add(Builders.topicPermission()
                        .topicFilter(wanted.getProperty("may_use")).build());
            }
            output.authenticateSuccessfully();
        };
        Services.securityRegistry().setAuthenticatorProvider(provider -> door);
    }

    private boolean knows(final SimpleAuthInput client) {
        if (!wanted.containsKey("username")) return true;
        final String username = client.getConnectPacket().getUserName().orElse("");
        final String password = client.getConnectPacket().getPassword()
                .map(bytes -> StandardCharsets.UTF_8.decode(bytes.asReadOnlyBuffer()).toString())
                .orElse("");
        return username.equals(wanted.getProperty("username"))
                && password.equals(wanted.getProperty("password"));
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void extensionStop(final ExtensionStopInput in, final ExtensionStopOutput out) {}
}
