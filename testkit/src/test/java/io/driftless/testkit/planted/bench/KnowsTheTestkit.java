package io.driftless.testkit.planted.bench;

import io.driftless.testkit.planted.testkit.Suite;

record KnowsTheTestkit(Suite suite) {}
