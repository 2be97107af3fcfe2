package dev.tidemill.batch.intake;

import dev.tidemill.batch.job.PlannedChunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers planned lines into chunks. */
final class PlanWriter {
    private final List<PlannedChunk> chunks = new ArrayList<>();
    private final ByteBuffer open;
    private int lines;

    PlanWriter(int chunkLines) {
        this.open = ByteBuffer.allocate(chunkLines * Plan.LINE_BYTES);
    }

    void add(long idOffset, int idLength, long bodyOffset, int bodyLength, long number) {
        open.putLong(idOffset)
                .putInt(idLength)
                .putInt(Math.toIntExact(bodyOffset - idOffset))
                .putInt(bodyLength)
                .putInt(Math.toIntExact(number));
        lines++;
        if (!open.hasRemaining()) {
            close();
        }
    }

    List<PlannedChunk> finish() {
        if (open.position() > 0) {
            close();
        }
        return chunks;
    }

    private void close() {
        int count = open.position() / Plan.LINE_BYTES;
        byte[] plan = Arrays.copyOf(open.array(), open.position());
        chunks.add(new PlannedChunk(chunks.size(), lines - count, count, plan));
        open.clear();
    }
}
