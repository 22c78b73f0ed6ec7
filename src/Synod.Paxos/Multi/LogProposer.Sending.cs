namespace Synod.Paxos.Multi;

/// <content>What it sends, and when again.</content>
internal sealed partial class LogProposer
{
    /// <summary>Sends phase 2a to everybody else.</summary>
    public void SendAccepts(Slot slot, in Decree decree)
    {
        var accept = new Accept(Ballot, slot, decree, learner.ChosenUpTo);
        _announced = learner.ChosenUpTo;
        for (var place = 0; place < context.Voters.Count; place++)
        {
            if (place != context.Place)
            {
                context.Output.Send(context.Voters[place], accept);
            }
        }
    }

    /// <summary>Tells everybody of a risen chosen prefix, unless Accepts of this turn have said so already.</summary>
    public void Announce()
    {
        if (Phase != ProposerPhase.Leading || learner.ChosenUpTo <= _announced)
        {
            return;
        }
        _announced = learner.ChosenUpTo;
        for (var place = 0; place < context.Voters.Count; place++)
        {
            if (place != context.Place)
            {
                context.Output.Send(context.Voters[place], new Chosen(Ballot, _announced));
            }
        }
    }

    /// <summary>Sends again what has had no answer.</summary>
    public void Retransmit()
    {
        if (Phase == ProposerPhase.Preparing &&
            context.Now - _prepareSentAt >= context.Options.RetransmitInterval)
        {
            SendPrepares();
        }
        if (Phase == ProposerPhase.Leading && NextSlot > learner.ChosenUpTo.Next &&
            context.Now - _progressAt >= context.Options.RetransmitInterval)
        {
            _progressAt = context.Now;
            for (var place = 0; place < context.Voters.Count; place++)
            {
                ResendTo(place);
            }
        }
    }

    /// <summary>Sends the lowest open slots again to one member that has not answered for them.</summary>
    public void ResendTo(int place)
    {
        if (Phase == ProposerPhase.Preparing && place != context.Place && !_promised.Contains(place))
        {
            context.Output.Send(context.Voters[place], new Prepare(Ballot, _nextPage[place]), OwnPromiseRecord);
        }
        if (Phase != ProposerPhase.Leading || place == context.Place)
        {
            return;
        }
        var sent = 0;
        for (var slot = learner.ChosenUpTo.Next; slot < NextSlot && sent < ResendSlotsMax; slot = slot.Next)
        {
            ref var entry = ref context.Log.At(slot);
            if (entry.Filled && !entry.Chosen && entry.Ballot == Ballot && !entry.Votes.Contains(place))
            {
                context.Output.Send(
                    context.Voters[place], new Accept(Ballot, slot, entry.Decree, learner.ChosenUpTo));
                sent++;
            }
        }
    }

    private void SendPrepares()
    {
        _prepareSentAt = context.Now;
        for (var place = 0; place < context.Voters.Count; place++)
        {
            if (place != context.Place && !_promised.Contains(place))
            {
                context.Output.Send(context.Voters[place], new Prepare(Ballot, _nextPage[place]), OwnPromiseRecord);
            }
        }
    }

    private const int ResendSlotsMax = 256;
}
