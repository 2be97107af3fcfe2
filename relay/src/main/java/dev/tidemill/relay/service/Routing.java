package dev.tidemill.relay.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the route of a path. Immutable. */
public final class Routing {
    private final List<Route> routes;

    /** A route and what its pattern's names stand for. */
    public record Match(Route route, Map<String, String> values) {}

    public Routing(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /**
     * The route of this method (HEAD is GET) and path; null: none. Paths are compared as they came: there is one spelling of each, and
     * {@code //}, {@code /./}, escapes or a slash at the end make another one.
     */
    public @Nullable Match find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Route route : routes) {
            if (route.method().equals(wanted)) {
                Map<String, String> values = match(route.pattern(), path);
                if (values != null) {
                    return new Match(route, values);
                }
            }
        }
        return null;
    }

    /** The methods that this path answers to; empty: the path is unknown. */
    public List<String> methods(String path) {
        List<String> methods = new ArrayList<>();
        for (Route route : routes) {
            if (match(route.pattern(), path) != null && !methods.contains(route.method())) {
                methods.add(route.method());
                if (route.method().equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return methods;
    }

    /** {@code METHOD path} of every route, sorted. */
    public SortedSet<String> listing() {
        TreeSet<String> all = new TreeSet<>();
        routes.forEach(route -> all.add(route.method() + " " + route.pattern()));
        return all;
    }

    private static @Nullable Map<String, String> match(String pattern, String path) {
        if (pattern.indexOf('{') < 0) {
            return pattern.equals(path) ? Map.of() : null;
        }
        String[] wanted = pattern.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                String value = Percent.decode(given[i]);
                if (value == null || !Percent.plain(value)) {
                    return null;
                }
                values.put(wanted[i].substring(1, wanted[i].length() - 1), value);
            } else if (!wanted[i].equals(given[i])) {
                return null;
            }
        }
        return values;
    }
}
