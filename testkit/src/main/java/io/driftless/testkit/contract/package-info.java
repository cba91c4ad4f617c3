/**
 * What every port promises, as abstract test classes: an in-memory adapter and its real one pass
 * the same suite. Only tests depend on it.
 */
@NullMarked
package io.driftless.testkit.contract;

import org.jspecify.annotations.NullMarked;
