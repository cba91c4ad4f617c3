/**
 * TransferFlow: missing blocks are packed and stored, then a commit says so. Only the launcher and
 * the testkit may depend on it. A commit is visible only after every block and page that it needs
 * is durable.
 */
@NullMarked
package io.driftless.transfer;

import org.jspecify.annotations.NullMarked;
