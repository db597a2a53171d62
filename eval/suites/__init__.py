"""One file per benchmark suite, each with a function run()."""
