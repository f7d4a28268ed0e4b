"""Merkle trees of RFC 6962: their hashes, and proofs about them."""
