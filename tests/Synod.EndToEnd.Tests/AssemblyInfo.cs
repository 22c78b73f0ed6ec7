// Tests here kill processes and load the machine: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
