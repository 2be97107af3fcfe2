package dev.tidemill.cli.keys;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.ConfigOption;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "revoke", description = "Ends the keys with this id or name for good.")
final class KeysRevoke implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "ID|NAME", description = "The 8 characters after tm-, or the name.")
    private String idOrName = "";

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        String wanted = id(idOrName);
        int revoked = Desk.at(config.data(), desk -> desk.revoke(wanted));
        if (revoked == 0) {
            throw new CommandFailed(
                    "no key in force has this id or name (expected: one of those that tidemill keys list shows)");
        }
        System.out.println("revoked " + revoked);
        return Exit.DONE;
    }

    /** A whole key is understood too; its secret goes no further. */
    private static String id(String text) {
        return text.startsWith("tm-") && text.length() >= 11 ? text.substring(3, 11) : text;
    }
}
