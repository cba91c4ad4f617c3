package io.driftless.testkit.planted.indexer;

import io.driftless.testkit.planted.watcher.WatchFlow;

record KnowsTheWatcher(WatchFlow flow) {}
