package dev.tidemill.simulator;

/**
 * Something wrong in a scenario file.
 *
 * @param line counted from 1
 * @param column counted from 1
 * @param message the value and what was expected
 */
public record ScenarioFault(int line, int column, String message) {}
