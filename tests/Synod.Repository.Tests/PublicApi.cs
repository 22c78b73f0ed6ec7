using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Synod.Repository.Tests;

/// <summary>
/// The public surface of an assembly as text: a block for each type, a line for each member, in ordinal order. What the
/// compiler makes by itself (a record's equality, accessors) is left out.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(KindOf(type)).Append(' ').Append(type.Namespace).Append('.').Append(NameOf(type))
                .Append(BasesOf(type)).Append('\n');
            foreach (var member in MembersOf(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string KindOf(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => type.IsDefined(typeof(IsByRefLikeAttribute)) ? "ref struct" : "struct",
        _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string BasesOf(Type type)
    {
        if (type.IsEnum)
        {
            return " : " + NameOf(Enum.GetUnderlyingType(type));
        }
        var bases = type.GetInterfaces().Where(@interface => @interface.IsPublic).Select(NameOf)
            .Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Insert(0, NameOf(parent));
        }
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}");
        }
        var constructors = type.GetConstructors(Declared).Where(IsVisible)
            .Select(constructor => $"new({ParametersOf(constructor)})");
        var fields = type.GetFields(Declared)
            .Where(field => field.IsPublic || field.IsFamily)
            .Select(field => $"{(field.IsLiteral ? "const " : "")}{NameOf(field.FieldType)} {field.Name}");
        var properties = type.GetProperties(Declared)
            .Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible))
            .Select(PropertyText);
        var methods = type.GetMethods(Declared)
            .Where(method => IsVisible(method) && !IsAccessor(method)
                && !method.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(MethodText);
        return constructors.Concat(fields).Concat(properties).Concat(methods);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string PropertyText(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToList();
        var isStatic = accessors[0].IsStatic ? "static " : "";
        var verbs = accessors.Select(accessor => accessor == property.GetMethod ? "get;"
            : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;"
            : "set;");
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(ParameterText))}]";
        return $"{isStatic}{NameOf(property.PropertyType)} {name} {{ {string.Join(' ', verbs)} }}";
    }

    private static string MethodText(MethodInfo method)
    {
        var modifier = method.IsStatic ? "static "
            : method.IsVirtual && !method.IsFinal && !method.DeclaringType!.IsInterface ? "virtual "
            : "";
        var generics = method.IsGenericMethod
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>"
            : "";
        return $"{modifier}{NameOf(method.ReturnType)} {method.Name}{generics}({ParametersOf(method)})";
    }

    private static string ParametersOf(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(ParameterText));

    private static string ParameterText(ParameterInfo parameter)
    {
        var passing = !parameter.ParameterType.IsByRef ? ""
            : parameter.IsIn ? "in "
            : parameter.IsOut ? "out "
            : "ref ";
        var optional = parameter.IsOptional ? " = " + (parameter.DefaultValue ?? "default") : "";
        return $"{passing}{NameOf(parameter.ParameterType)} {parameter.Name}{optional}";
    }

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return NameOf(type.GetElementType()!);
        }
        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return NameOf(underlying) + "?";
        }
        var outer = type is { IsNested: true, IsGenericParameter: false } ? NameOf(type.DeclaringType!) + "." : "";
        if (!type.IsGenericType)
        {
            return outer + type.Name;
        }
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        var name = tick < 0 ? type.Name : type.Name[..tick];
        return $"{outer}{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
