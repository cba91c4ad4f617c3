package io.driftless.testkit.planted.hosting;

import io.driftless.testkit.planted.watcher.WatchFlow;

record KnowsTheWatcher(WatchFlow flow) {}
