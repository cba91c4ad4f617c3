/**
 * What has to be done at a target so that it becomes what is desired. Pure: the dry run and the
 * real apply share it.
 */
@NullMarked
package io.driftless.plan;

import org.jspecify.annotations.NullMarked;
