package io.driftless.event;

/** A record on one of the topics. */
public sealed interface Event permits Hint, Indexed, Commit, Order, Report {
    /** The record's key: events of equal keys keep their order. */
    String key();
}
