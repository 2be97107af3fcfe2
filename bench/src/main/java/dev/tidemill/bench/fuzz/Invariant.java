package dev.tidemill.bench.fuzz;

/** Something that must hold of a parser for every input. Instances are reused, by one thread. */
@FunctionalInterface
interface Invariant {
    /**
     * @throws Broken when it does not hold
     * @throws Exception any other is a fault of the parser, too
     */
    void check(byte[] input) throws Exception;
}
