/**
 * Classes in the product's package shape, most of which break exactly one rule of {@link
 * io.driftless.testkit.ModuleRule}. Only {@code ArchitectureTest} looks at them.
 */
package io.driftless.testkit.planted;
