package io.driftless.testkit.planted.transfer;

import org.springframework.stereotype.Component;

@Component
class WiresItself {}
