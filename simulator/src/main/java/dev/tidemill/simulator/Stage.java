package dev.tidemill.simulator;

import java.time.InstantSource;

/**
 * What belongs to one scenario; a request sees one of them from start to end.
 *
 * @param scenario what is played
 * @param director decides who behaves how
 * @param author decides what is said
 * @param quota counts what keys have asked
 */
record Stage(Scenario scenario, Director director, Author author, Quota quota) {
    static Stage of(Scenario scenario, InstantSource clock) {
        return new Stage(scenario, new Director(scenario), new Author(scenario.seed(), clock), new Quota(clock));
    }
}
