namespace Synod.Doors.Etcd.Hosting;

/// <summary>The door cannot listen where it should; the message is one line for the operator.</summary>
public sealed class DoorCannotOpenException : Exception
{
    /// <summary>Makes the exception.</summary>
    public DoorCannotOpenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
