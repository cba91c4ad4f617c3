/**
 * What has to be done at a target so that it becomes what is desired. Pure: a dry run prints it,
 * and a test holds the agents to it.
 */
@NullMarked
package io.driftless.plan;

import org.jspecify.annotations.NullMarked;
