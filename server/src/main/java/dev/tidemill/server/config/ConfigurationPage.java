package dev.tidemill.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** docs/configuration.md, written from the declarations. */
public final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            Written by `./dev format` from the declarations in `server/…/config`; a test fails when this page is stale.

            One YAML file: `./tidemill serve -c FILE`, or `./tidemill.yaml` when there is one, or providers from the environment when there is
            none. `./tidemill check` prints every fault with line and column. Unknown keys are faults. `${NAME}` takes a variable from the
            environment, `${file:/path}` the text of a file, `$${` stands for the two characters. A changed file, or SIGHUP, is taken up within a
            second while requests in flight keep what they started with; a file with faults changes nothing. Options marked *restart* wait for
            the next start, options marked *not in force* are checked and kept, and named once at start.

            | option | value | default | what it is for |
            |---|---|---|---|
            """;

    private ConfigurationPage() {}

    public static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        rows(Root.SECTION, "", page);
        return page.toString();
    }

    private static void rows(Section section, String path, StringBuilder page) {
        for (Option<?> option : section.options()) {
            String name = path + option.name();
            Section inner = section(option.shape());
            boolean map = bare(option.shape()) instanceof MapOf<?>;
            boolean list = bare(option.shape()) instanceof ListOf<?>;
            page.append("| `")
                    .append(name)
                    .append("` | ")
                    .append(value(option, inner))
                    .append(" | ");
            page.append(standard(option))
                    .append(" | ")
                    .append(cell(option.about()))
                    .append(notes(option))
                    .append(" |\n");
            if (inner != null) {
                rows(inner, name + (map ? ".NAME." : list ? "[]." : "."), page);
            }
        }
    }

    private static String value(Option<?> option, @Nullable Section inner) {
        String expected = option.shape().expected();
        if (inner == null || bare(option.shape()) instanceof MapOf<?> || bare(option.shape()) instanceof ListOf<?>) {
            return cell(expected);
        }
        return option.shape() instanceof OrOff<?> ? "off, or a section" : "a section";
    }

    private static String standard(Option<?> option) {
        String standard = option.standard();
        if (standard == null) {
            return option.required() ? "required" : "none";
        }
        return standard.isEmpty() || standard.equals("{}") ? "" : "`" + standard + "`";
    }

    private static String notes(Option<?> option) {
        String notes = option.restart() ? " *Restart.*" : "";
        if (option.inForce()) {
            return notes;
        }
        List<String> as = option.inForceAs();
        return notes + (as.isEmpty() ? " *Not in force.*" : " *In force as `" + String.join("`, `", as) + "` only.*");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** The section inside, through lists and maps; null: a plain value. */
    private static @Nullable Section section(Shape<?> shape) {
        return switch (bare(shape)) {
            case Section section -> section;
            case ListOf<?> list -> section(list.shape());
            case MapOf<?> map -> section(map.shape());
            default -> null;
        };
    }

    private static Shape<?> bare(Shape<?> shape) {
        return switch (shape) {
            case Placed.Of<?> placed -> bare(placed.shape());
            case OrOff<?> orOff -> bare(orOff.shape());
            default -> shape;
        };
    }
}
