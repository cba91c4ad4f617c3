package io.driftless.testkit.planted.agent;

import io.driftless.testkit.planted.adapter.postgres.Index;

record KnowsPostgres(Index index) {}
