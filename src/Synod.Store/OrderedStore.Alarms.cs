namespace Synod.Store;

/// <content>Alarms: what commands do to them.</content>
public sealed partial class OrderedStore
{
    /// <summary>The alarms that were raised and not cleared, by kind and then by member; a picture that may be kept.</summary>
    public IReadOnlyList<Alarm> Alarms => _space.Alarms.All;

    private AlarmOutcome? CarryOutAlarm(CommandKind kind, Alarm alarm, bool wantOutcome, out StoreError error)
    {
        error = StoreError.None;
        bool isThere;
        bool hasChanged;
        if (kind == CommandKind.AlarmRaise)
        {
            isThere = _space.Alarms.Raise(alarm, out hasChanged);
            error = isThere ? StoreError.None : StoreError.TooManyAlarms;
        }
        else
        {
            isThere = hasChanged = _space.Alarms.Clear(alarm);
        }
        if (hasChanged)
        {
            _space.AddAlarmEffect(kind, alarm);
        }
        return wantOutcome && error == StoreError.None
            ? new AlarmOutcome(_space.Revision, isThere ? [alarm] : [])
            : null;
    }
}
