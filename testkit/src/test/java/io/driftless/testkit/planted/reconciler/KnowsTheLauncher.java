package io.driftless.testkit.planted.reconciler;

import io.driftless.testkit.planted.launcher.EmbeddedKafka;

record KnowsTheLauncher(EmbeddedKafka kafka) {}
