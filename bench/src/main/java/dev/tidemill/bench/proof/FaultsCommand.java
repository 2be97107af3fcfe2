package dev.tidemill.bench.proof;

import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Trial;
import dev.tidemill.simulator.relayed.Way;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Every upstream fault of the catalogue, asked about in Chat Completions and Messages, streamed and in one piece, and
 * streamed in Responses and Gemini's API. A number of the catalogue in one API and kind of answer is a cell; it holds when
 * every form of the fault is seen as it should be there.
 */
@Command(name = "faults", description = "What a client sees of each upstream fault: no cut answer may look complete.")
public final class FaultsCommand implements Callable<Integer> {
    @Option(names = "--only", description = "Rows whose number is this one, or whose fault has this in it.")
    private String only = "";

    @Option(names = "--at-once", description = "Cells that are played at once (default: ${DEFAULT-VALUE}).")
    private int atOnce = 4;

    /** An API and a kind of answer. */
    private record Column(Api api, boolean stream) {
        static final List<Column> ALL = List.of(
                new Column(Api.CHAT, true),
                new Column(Api.CHAT, false),
                new Column(Api.MESSAGES, true),
                new Column(Api.MESSAGES, false),
                new Column(Api.RESPONSES, true),
                new Column(Api.GEMINI, true));
        /** Those whose cells are counted. */
        static final List<Column> COUNTED = ALL.subList(0, 4);

        @Override
        public String toString() {
            return api + (stream ? ", streamed" : ", in one piece");
        }
    }

    private final Map<String, Set<Column>> broken = new LinkedHashMap<>();
    private final Set<String> played = new LinkedHashSet<>();
    private int lies;
    private int trials;
    private int reused;
    private long mostHeld;

    @Override
    public Integer call() throws IOException, InterruptedException {
        warmUp();
        Verdict verdict = new Verdict("faults", "a client sees each upstream fault as what it is", 1);
        System.out.print("\n| no. | fault |");
        Column.ALL.forEach(column -> System.out.print(" " + column + " |"));
        System.out.println("\n|---|---|---|---|---|---|---|---|");
        List<FaultRow> rows = FaultTable.rows().stream().filter(this::wanted).toList();
        if (rows.isEmpty()) {
            verdict.fault("--only: " + only + " (expected: a number or a part of a fault of the table)");
        }
        try (ExecutorService executor =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            List<List<Future<Trial>>> running = new ArrayList<>();
            for (FaultRow row : rows) {
                running.add(Column.ALL.stream()
                        .map(column -> executor.submit(() -> FaultGround.play(row, column.api(), column.stream())))
                        .toList());
            }
            String number = "";
            for (int i = 0; i < rows.size(); i++) {
                FaultRow row = rows.get(i);
                if (passes(number, row.number()) && only.isEmpty()) {
                    System.out.printf("| %s | HTTP/2 |%s%n", FaultTable.HTTP_2_ONLY, " n/a (HTTP/1.1) |".repeat(6));
                }
                number = row.number();
                print(row, running.get(i), verdict);
            }
        }
        tell(verdict);
        return verdict.close();
    }

    /** The first of everything is slow, and would run into the clocks: classes, TLS, the loops. */
    private static void warmUp() throws IOException, InterruptedException {
        for (FaultRow row : FaultTable.rows()) {
            if (row.number().equals("-") || row.setup().way() == Way.TLS_EXPIRED) {
                for (Column column : Column.ALL) {
                    FaultGround.play(row, column.api(), column.stream());
                }
            }
        }
    }

    private boolean wanted(FaultRow row) {
        return only.isEmpty() || row.number().equals(only) || row.fault().contains(only);
    }

    /** Whether the fault that cannot be has its place between these. */
    private static boolean passes(String before, String now) {
        return number(before) < number(FaultTable.HTTP_2_ONLY) && number(now) > number(FaultTable.HTTP_2_ONLY);
    }

    private static int number(String number) {
        return number.startsWith("U") ? Integer.parseInt(number.substring(1)) : 0;
    }

    private void print(FaultRow row, List<Future<Trial>> cells, Verdict verdict) throws InterruptedException {
        StringBuilder line = new StringBuilder("| %s | %s |".formatted(row.number(), row.fault()));
        played.add(row.number());
        for (int i = 0; i < cells.size(); i++) {
            Column column = Column.ALL.get(i);
            String where = row + ", " + column;
            Trial trial = trial(cells.get(i), where, verdict);
            boolean holds = trial != null && trial.complaints().isEmpty() && !trial.lies();
            line.append(holds ? " " : " **BROKEN** ")
                    .append(trial == null ? "" : trial.words())
                    .append(" |");
            if (!holds) {
                broken.computeIfAbsent(row.number(), key -> new LinkedHashSet<>())
                        .add(column);
            }
            if (trial != null) {
                verdict.faults(where, trial.complaints());
                reused += trial.reused() ? 1 : 0;
                mostHeld = Math.max(mostHeld, trial.mostHeld());
                if (trial.lies()) {
                    lies++;
                    verdict.fault(where + ": a cut answer looks complete");
                }
            }
            trials++;
        }
        System.out.println(line);
    }

    private static @Nullable Trial trial(Future<Trial> cell, String where, Verdict verdict)
            throws InterruptedException {
        try {
            return cell.get();
        } catch (ExecutionException e) {
            verdict.fault(where + ": " + e.getCause());
            return null;
        }
    }

    /** A summary with each cell by its name, so that one that is left out is seen. */
    private void tell(Verdict verdict) {
        int cells = 0;
        int held = 0;
        int none = 0;
        System.out.println(
                "\n| cell | chat streamed | chat in one piece | messages streamed | messages in one piece |");
        System.out.println("|---|---|---|---|---|");
        for (int i = 1; i <= FaultTable.FAULTS; i++) {
            String number = "U" + i;
            StringBuilder line = new StringBuilder("| " + number + " |");
            for (Column column : Column.COUNTED) {
                cells++;
                boolean other = number.equals(FaultTable.HTTP_2_ONLY);
                boolean holds = played.contains(number)
                        && !broken.getOrDefault(number, Set.of()).contains(column);
                none += other ? 1 : 0;
                held += !other && holds ? 1 : 0;
                line.append(other ? " n/a (HTTP/1.1) |" : holds ? " holds |" : " BROKEN |");
                if (!other && only.isEmpty() && !played.contains(number)) {
                    verdict.fault(number + ", " + column + ": was not played");
                }
            }
            if (only.isEmpty() || played.contains(number)) {
                System.out.println(line);
            }
        }
        verdict.figure("cells: U1 to U40, chat and messages, streamed and in one piece", Integer.toString(cells));
        verdict.figure("cells that hold", held + ", and " + none + " are n/a (HTTP/1.1)");
        verdict.figure("times a fault was played, with Responses and Gemini", Integer.toString(trials));
        verdict.figure("kept connections that a further request was sent over", Integer.toString(reused));
        verdict.figure("most bytes that a relay held", mostHeld + " (<= " + FaultTable.MOST_HELD + ")");
        verdict.figure("cut answers that look complete", Integer.toString(lies));
    }
}
