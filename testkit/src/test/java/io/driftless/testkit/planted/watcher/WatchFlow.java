package io.driftless.testkit.planted.watcher;

public record WatchFlow() {}
