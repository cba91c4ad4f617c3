package io.driftless.testkit.planted.indexer;

import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IndexConfiguration {}
