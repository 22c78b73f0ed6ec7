using BenchmarkDotNet.Running;
using Synod.Paxos.Stepping;

// dotnet run -c Release --project bench/Synod.Paxos.Stepping -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(AcceptorSteps).Assembly).Run(args);
