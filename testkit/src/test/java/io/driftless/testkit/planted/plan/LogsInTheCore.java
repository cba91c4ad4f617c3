package io.driftless.testkit.planted.plan;

import org.slf4j.Logger;

record LogsInTheCore(Logger log) {}
