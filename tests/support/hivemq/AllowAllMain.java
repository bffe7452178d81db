package vitals.ext;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;

/** HiveMQ refuses every client while no extension authenticates them: this one lets all in. */
public class AllowAllMain implements ExtensionMain {
    @Override
    public void extensionStart(final ExtensionStartInput in, final ExtensionStartOutput out) {
        final SimpleAuthenticator allow = (input, output) -> output.authenticateSuccessfully();
        Services.securityRegistry().setAuthenticatorProvider(provider -> allow);
    }

    @Override
    public void extensionStop(final ExtensionStopInput in, final ExtensionStopOutput out) {}
}
