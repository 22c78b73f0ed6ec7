Console.Error.WriteLine("synod: no command"); return 2;
