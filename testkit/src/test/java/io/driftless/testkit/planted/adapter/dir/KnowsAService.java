package io.driftless.testkit.planted.adapter.dir;

import io.driftless.testkit.planted.watcher.WatchFlow;

record KnowsAService(WatchFlow flow) {}
