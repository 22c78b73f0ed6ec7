namespace Synod.Store.Tests;

/// <summary>The index against the class library's sorted set.</summary>
public class KeyIndexTests
{
    private readonly ByteSlabs _bytes = new();
    private readonly KeyIndex _index;
    private readonly SortedSet<string> _expected = new(StringComparer.Ordinal);

    public KeyIndexTests() => _index = new KeyIndex(_bytes);

    [Fact]
    public void Ascending_keys_fill_the_leaves()
    {
        for (int i = 0; i < 20_000; i++)
        {
            Add($"key{i:d8}");
        }
        Verify();
        Assert.InRange(_index.AllocatedBytes, 0, 20_000 * 30);
    }

    [Fact]
    public void Descending_keys_are_found()
    {
        for (int i = 20_000; i > 0; i--)
        {
            Add($"key{i:d8}");
        }
        Verify();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Keys_come_and_go_in_any_order(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 8000; i++)
            {
                Add(RandomKey(random));
            }
            Verify();
            string[] some = [.. _expected];
            random.Shuffle(some);
            foreach (string key in some[..(some.Length * (round % 2 == 0 ? 9 : 5) / 10)])
            {
                Remove(key);
            }
            Verify();
        }
        // Neighbouring keys in one sweep: whole nodes fall empty, from either side and in the middle.
        string[] left = [.. _expected];
        foreach (string key in left[(left.Length / 4)..(left.Length / 2)].Concat(left[(left.Length / 2)..].Reverse()))
        {
            Remove(key);
        }
        Verify();
        foreach (string key in left[..(left.Length / 4)])
        {
            Remove(key);
        }
        Verify();
        Assert.Equal(0, _index.Keys);
        Assert.Equal(0, _bytes.UsedBytes);
    }

    [Fact]
    public void Deep_trees_of_hardly_different_keys_stay_in_order()
    {
        string common = new('p', 300);
        for (int i = 0; i < 300_000; i++)
        {
            Add(common + (char)(i % 251) + (char)(i / 251 % 251) + (char)(i / 63001) + "\0\0");
        }
        Verify();
    }

    private static string RandomKey(Random random)
    {
        int length = random.Next(1, 12);
        var key = new char[length];
        for (int i = 0; i < length; i++)
        {
            key[i] = random.Next(3) switch { 0 => '\0', 1 => 'a', _ => (char)random.Next(250, 256) };
        }
        return random.Next(3) == 0 ? new string(key) : "/registry/" + new string(key);
    }

    private void Add(string key)
    {
        byte[] bytes = Operation.Bytes(key);
        KeyPosition position = _index.Locate(bytes);
        Assert.Equal(!_expected.Add(key), position.Found);
        if (!position.Found)
        {
            _index.Insert(position, _bytes.Store(bytes), 1);
        }
    }

    private void Remove(string key)
    {
        KeyPosition position = _index.Locate(Operation.Bytes(key));
        Assert.True(position.Found);
        _expected.Remove(key);
        SlabRef bytes = _index.Leaf(position.Leaf).Keys[position.Slot];
        _index.SetNewest(position, 1, live: false);
        _index.Remove(position);
        _bytes.Free(bytes);
    }

    private void Verify()
    {
        Assert.Equal(_expected.Count, _index.Keys);
        Assert.Equal(_expected.Count, _index.LiveKeys);
        long before = 0;
        KeyPosition walk = _index.Seek([0]);
        foreach (string key in _expected)
        {
            byte[] bytes = Operation.Bytes(key);
            Assert.Equal(key, Operation.Text(_index.KeyAt(walk)));
            walk = walk.Slot + 1 < _index.Leaf(walk.Leaf).Count
                ? walk with { Slot = walk.Slot + 1 }
                : new KeyPosition(_index.Leaf(walk.Leaf).Next, 0, false);
            if (before % 7 == 0)
            {
                Assert.True(_index.Locate(bytes).Found);
                Assert.Equal(before, _index.LiveBefore(bytes));
                byte[] after = [.. bytes, 0, 0, 0];
                Assert.Equal(_expected.Contains(key + "\0\0\0"), _index.Locate(after).Found);
            }
            before++;
        }
        Assert.Equal(0u, walk.Leaf);
    }
}
