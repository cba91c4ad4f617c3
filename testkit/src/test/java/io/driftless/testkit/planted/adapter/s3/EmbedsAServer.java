package io.driftless.testkit.planted.adapter.s3;

import org.gaul.s3proxy.S3Proxy;

record EmbedsAServer(S3Proxy server) {}
