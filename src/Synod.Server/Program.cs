using Synod.Server.CommandLine;

return await SynodCommandLine.RunAsync(args).ConfigureAwait(false);
