package io.driftless.testkit.planted.watcher;

import io.minio.MinioAsyncClient;

record ImportsADriver(MinioAsyncClient client) {}
