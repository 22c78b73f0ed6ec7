// The log has messages of the same names in Synod.Paxos. These tests live outside that namespace and mean Essential's;
// tests inside it (all others) are not touched by these aliases.
global using Accept = Synod.Paxos.Essential.Accept;
global using Accepted = Synod.Paxos.Essential.Accepted;
global using Prepare = Synod.Paxos.Essential.Prepare;
global using Promise = Synod.Paxos.Essential.Promise;
