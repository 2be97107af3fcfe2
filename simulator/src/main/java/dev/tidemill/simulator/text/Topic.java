package dev.tidemill.simulator.text;

import java.util.List;

/** What customers write about: the words that name a topic in a label, and those that give it away in a message. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies that cannot be changed
enum Topic {
    BILLING(
            "billing,payment,invoice,账单,计费,支付,付款,发票",
            "invoice,charge,bill,payment,paid,price,card,subscription,fee,tax,发票,扣款,账单,付款,支付,收费,价格,信用卡,多收,税"),
    DELIVERY(
            "delivery,shipping,logistics,物流,配送,发货,快递",
            "deliver,shipp,parcel,package,courier,tracking,arriv,late,order has not,address,快递,物流,配送,发货,包裹,没到,送达,签收,地址"),
    REFUND("refund,return,退款,退货,退换", "refund,money back,return,reimburs,cancel my order,send it back,退款,退货,退钱,退回,换货"),
    TECHNICAL(
            "technical,tech,bug,support,技术,故障,问题",
            "error,crash,bug,login,log in,password,app ,website,install,update,not work,broken link,报错,崩溃,登录,登陆,密码,闪退,无法打开,安装,故障,网站"),
    ACCOUNT("account,profile,账户,账号", "account,profile,email address,username,sign up,delete my,账户,账号,注册,注销,邮箱"),
    COMPLAINT("complaint,投诉,抱怨", "complain,unacceptable,terrible,rude,disappoint,worst,angry,投诉,太差,失望,态度,生气,糟糕"),
    PRAISE("praise,compliment,表扬,好评", "thank,great,excellent,love,wonderful,perfect,感谢,很好,满意,喜欢,棒"),
    QUESTION("question,inquiry,enquiry,consult,咨询,询问", "how ,what ,when ,which ,can i,do you,请问,怎么,如何,吗,什么时候"),
    POSITIVE("positive,正面,积极,好评", "thank,great,good,excellent,love,wonderful,happy,perfect,fast,感谢,很好,满意,喜欢,棒,开心,不错"),
    NEGATIVE(
            "negative,负面,消极,差评",
            "bad,terrible,awful,hate,broken,worst,angry,disappoint,late,never,slow,差,失望,生气,糟糕,坏,慢,不满"),
    URGENT("urgent,high,紧急,高", "urgent,asap,immediately,emergency,right now,紧急,马上,立刻,尽快"),
    REST("other,neutral,none,misc,general,unknown,其他,其它,中性,中立,未知", "");

    private final List<String> names;
    private final List<String> signs;

    Topic(String names, String signs) {
        this.names = List.of(names.split(","));
        this.signs = signs.isEmpty() ? List.of() : List.of(signs.split(","));
    }

    boolean names(String lowerLabel) {
        return names.stream().anyMatch(lowerLabel::contains);
    }

    int hits(String lowerMessage) {
        int hits = 0;
        for (String sign : signs) {
            if (lowerMessage.contains(sign)) {
                hits++;
            }
        }
        return hits;
    }
}
