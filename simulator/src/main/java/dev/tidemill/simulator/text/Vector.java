package dev.tidemill.simulator.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.SplittableRandom;

/** Unit vectors, the same for the same text. */
public final class Vector {
    private Vector() {}

    /** As a JSON array of numbers. */
    public static void numbers(StringBuilder json, String text, int dimensions) {
        json.append('[');
        float[] values = of(text, dimensions);
        for (int i = 0; i < values.length; i++) {
            json.append(i == 0 ? "" : ",").append(values[i]);
        }
        json.append(']');
    }

    /** As a JSON string: little-endian floats in base64. */
    public static void base64(StringBuilder json, String text, int dimensions) {
        ByteBuffer bytes = ByteBuffer.allocate(dimensions * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : of(text, dimensions)) {
            bytes.putFloat(value);
        }
        json.append('"')
                .append(Base64.getEncoder().encodeToString(bytes.array()))
                .append('"');
    }

    private static float[] of(String text, int dimensions) {
        SplittableRandom random = new SplittableRandom(text.hashCode());
        float[] values = new float[dimensions];
        double sum = 0;
        for (int i = 0; i < dimensions; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
            sum += values[i] * values[i];
        }
        float length = (float) Math.max(1e-9, Math.sqrt(sum));
        for (int i = 0; i < dimensions; i++) {
            values[i] /= length;
        }
        return values;
    }
}
