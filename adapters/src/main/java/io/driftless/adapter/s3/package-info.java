/**
 * The block store port on any S3, through the MinIO client. Services may depend on it. A pack is
 * one PUT of a bounded size.
 */
@NullMarked
package io.driftless.adapter.s3;

import org.jspecify.annotations.NullMarked;
