// Replaced by the kit's first file.
