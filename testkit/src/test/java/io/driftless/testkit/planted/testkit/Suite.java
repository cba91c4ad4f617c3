package io.driftless.testkit.planted.testkit;

public record Suite() {}
