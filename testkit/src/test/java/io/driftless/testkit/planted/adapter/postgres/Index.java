package io.driftless.testkit.planted.adapter.postgres;

import io.r2dbc.spi.Connection;

public record Index(Connection connection) {}
