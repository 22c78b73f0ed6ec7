using System.Net;
using System.Net.Sockets;
using Synod.Client.Http2;
using Synod.Client.Load;

namespace Synod.Client.Tests.Load;

/// <summary>The generator against raw bytes: whatever a server sends, the run ends with one clear line.</summary>
public class RudeServerTests
{
    private const int PrefaceBytes = 24;

    private static readonly byte[] Settings = Frame(FrameType.Settings, 0, 0, "");

    [Theory]
    [InlineData("", "closed the connection")]
    [InlineData("GOAWAY", "goes away: ENHANCE_YOUR_CALM, too_many_pings")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "broke HTTP/2: a frame of")]
    [InlineData("OPEN", "a header block was left open")]
    [InlineData("PUSH", "a PUSH_PROMISE that was switched off")]
    [InlineData("CONTINUATION", "a CONTINUATION frame without a header block")]
    [InlineData("INDEX", "no header field has index 70")]
    [InlineData("SHORT", "a RST_STREAM frame of 3 bytes")]
    [InlineData("WINDOW", "takes 10 bytes of a request at first")]
    public async Task Each_rudeness_ends_the_run_with_its_name(string rudeness, string expected)
    {
        byte[] bytes = rudeness switch
        {
            "GOAWAY" => [.. Settings,
                .. Frame(FrameType.GoAway, 0, 0, "000000000000000b" + Convert.ToHexString("too_many_pings"u8))],
            "OPEN" => [.. Settings, .. Frame(FrameType.Headers, 0, 1, "88"), .. Frame(FrameType.Data, 0, 1, "")],
            "PUSH" => [.. Settings, .. Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, "0000000288")],
            "CONTINUATION" => [.. Settings, .. Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, "88")],
            "INDEX" => [.. Settings, .. Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, "c6")],
            "SHORT" => [.. Settings, .. Frame(FrameType.RstStream, 0, 1, "000000")],
            "WINDOW" => Frame(FrameType.Settings, 0, 0, "00040000000a"),
            _ => System.Text.Encoding.ASCII.GetBytes(rudeness),
        };
        LoadReport report = await RunAgainstAsync(bytes);
        Assert.Contains(expected, report.Failure, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_frames_end_the_run_and_nothing_else()
    {
        var random = new Random(9113);
        var failures = new HashSet<string>();
        for (int round = 0; round < 150; round++)
        {
            var bytes = new List<byte>(Settings);
            for (int number = random.Next(1, 30); number > 0; number--)
            {
                byte[] payload = new byte[random.Next(0, 24)];
                random.NextBytes(payload);
                bytes.AddRange(Frame((FrameType)random.Next(11), (byte)random.Next(64), random.Next(6),
                    Convert.ToHexString(payload)));
            }
            LoadReport report = await RunAgainstAsync([.. bytes]);
            Assert.NotNull(report.Failure);
            failures.Add(report.Failure[report.Failure.IndexOf(' ', StringComparison.Ordinal)..]);
        }
        // The fuzz reached more than one place.
        Assert.True(failures.Count > 5, string.Join('\n', failures));
    }

    [Fact]
    public async Task Random_bytes_end_the_run_and_nothing_else()
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Assert.NotNull((await RunAgainstAsync(bytes)).Failure);
        }
    }

    [Fact]
    public async Task Header_blocks_in_pieces_pings_and_unknown_frames_are_understood()
    {
        // One answer: HEADERS (:status 200) in three pieces, an unknown frame and a ping before, trailers behind.
        byte[] bytes =
        [
            .. Settings,
            .. Frame((FrameType)0x42, 0xff, 9, "0102"),
            .. Frame(FrameType.Ping, 0, 0, "0001020304050607"),
            .. Frame(FrameType.Headers, 0, 1, "880f10"),
            .. Frame(FrameType.Continuation, 0, 1, "10" + Convert.ToHexString("application"u8)),
            .. Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, Convert.ToHexString("/grpc"u8)),
            .. Frame(FrameType.Data, FrameFlags.Padded, 1, "03" + "0000000000" + "000000"),
            .. Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1,
                "000b" + Convert.ToHexString("grpc-status"u8) + "0130"),
        ];
        LoadReport report = await RunAgainstAsync(bytes, requests: 1);
        Assert.Null(report.Failure);
        Assert.Equal(1, report.Requests);
    }

    private static byte[] Frame(FrameType type, byte flags, int stream, string payloadHex)
    {
        byte[] payload = Convert.FromHexString(payloadHex);
        byte[] frame = new byte[FrameHeader.Bytes + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Bytes);
        return frame;
    }

    /// <summary>A server that answers the first request's bytes with these, and then hangs up.</summary>
    private static async Task<LoadReport> RunAgainstAsync(byte[] bytes, long requests = 100)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var plan = new LoadPlan
        {
            Endpoints = [new Uri($"http://{listener.LocalEndpoint}")],
            Clients = 1,
            Requests = requests,
            RequestTimeout = TimeSpan.FromSeconds(10),
        };
        Task<LoadReport> running = Task.Run(() => LoadGenerator.Run(plan));
        using Socket socket = await listener.AcceptSocketAsync();
        // Settings first, and the rest when the request is there.
        bool polite = bytes.AsSpan().StartsWith(Settings);
        if (polite)
        {
            await socket.SendAsync(Settings);
        }
        await ReceiveAsync(socket, polite ? FrameType.Data : FrameType.WindowUpdate);
        await socket.SendAsync(bytes.AsMemory(polite ? Settings.Length : 0));
        if (requests > 1)
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        return await running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Reads until a frame of the kind has come.</summary>
    private static async Task ReceiveAsync(Socket socket, FrameType last)
    {
        byte[] buffer = new byte[4096];
        int received = 0;
        while (!Holds(buffer.AsSpan(0, received), last))
        {
            int step = await socket.ReceiveAsync(buffer.AsMemory(received));
            Assert.NotEqual(0, step);
            received += step;
        }
    }

    private static bool Holds(ReadOnlySpan<byte> received, FrameType wanted)
    {
        ReadOnlySpan<byte> rest = received[Math.Min(PrefaceBytes, received.Length)..];
        while (FrameReader.TryTake(ref rest, out FrameHeader header, out _))
        {
            if (header.Type == wanted)
            {
                return true;
            }
        }
        return false;
    }
}
