package dev.tidemill.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings a file to the newest schema. Which one it has is read from its header ({@code user_version}) in microseconds.
 *
 * <p>Flyway takes longer to load than all the rest of opening, so it is called only for what it is good at, the step from
 * an older schema to a newer one. A new file gets all scripts in one transaction from us; Flyway takes such a file as
 * baselined at its version when it first comes to it.
 *
 * @param folder of the scripts among the resources
 * @param scripts their names in order, each {@code V<number>__<name>.sql}, numbered from 1 without gaps
 */
record Schema(String folder, List<String> scripts) {
    static final Schema CURRENT = new Schema(
            "dev/tidemill/store/migrations",
            List.of("V1__keys_files_batches.sql", "V2__responses.sql", "V3__key_rights.sql"));

    /** @param fresh the file was not there before */
    void bringUp(Session session, DataSource source, Path file, boolean fresh) throws SQLException, IOException {
        int newest = scripts.size();
        Integer version = session.first("PRAGMA user_version", row -> row.integer("user_version"));
        int found = version == null ? 0 : version;
        if (found == newest) {
            return;
        }
        if (found > newest) {
            throw new IOException(file + ": schema version " + found + " (expected: <= " + newest
                    + "); it was written by a newer program");
        }
        if (fresh) {
            create(session);
            return;
        }
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + folder)
                .baselineOnMigrate(found > 0)
                .baselineVersion(Integer.toString(found))
                .loggers("slf4j")
                .load()
                .migrate();
        session.drain("PRAGMA user_version = " + newest);
    }

    private void create(Session session) throws SQLException, IOException {
        session.drain("BEGIN IMMEDIATE");
        for (String script : scripts) {
            session.drain(text(script));
        }
        session.drain("PRAGMA user_version = " + scripts.size());
        session.drain("COMMIT");
    }

    private String text(String script) throws IOException {
        try (InputStream in = Schema.class.getClassLoader().getResourceAsStream(folder + "/" + script)) {
            if (in == null) {
                throw new IOException("no resource " + folder + "/" + script);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
